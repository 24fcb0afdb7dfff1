-- Of people who are gone for good, and of invitations that are over, nothing has to stay but what the trail says.
grant delete on person_passwords to reprise_service;
grant delete on invitations to reprise_service;
