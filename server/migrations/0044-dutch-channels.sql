-- Every sentence is written in Dutch now, so programs may be told in it as well as people.
alter table alert_channels
  drop constraint alert_channels_locale_check,
  add constraint alert_channels_locale_check check (locale in ('fr', 'en', 'nl'));
