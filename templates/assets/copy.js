// A button with data-copy marks the text it names, and copies it where the browser lets it.
document.addEventListener('click', async ({ target }) => {
  const button = target.closest('[data-copy]');
  if (!button) return;
  getSelection().selectAllChildren(document.getElementById(button.dataset.copy));
  const isCopied = await navigator.clipboard?.writeText(getSelection().toString()).then(() => true, () => false);
  if (isCopied) button.textContent = button.dataset.done;
});
