// A form with data-passkey asks the browser to make or to use a passkey, and then is sent with what it answered.
document.addEventListener('submit', async (event) => {
  const form = event.target.closest('form[data-passkey]');
  if (!form) return;
  event.preventDefault();
  const said = form.querySelector('[role=status]');
  said.textContent = '';
  const answer = await fetch(form.dataset.options, { method: 'POST' });
  // The service wants to know once more who sits here.
  if (answer.redirected) return location.assign(`/account/confirm?next=${encodeURIComponent(location.pathname)}`);
  try {
    const options = await answer.json();
    const credential =
      form.dataset.passkey === 'create'
        ? await navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options) })
        : await navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options) });
    form.elements.credential.value = JSON.stringify(credential.toJSON());
    form.submit();
  } catch {
    said.textContent = form.dataset.failed;
  }
});
