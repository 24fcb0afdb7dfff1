#!/bin/sh
# Runs a command with the Node that npm brought, or says what the machine lacks for it.
if ! node --version >/dev/null 2>&1; then
  echo "Node 26, which npm installed, does not start here. On Debian: apt-get install libatomic1 libpq5" >&2
  exit 2
fi
exec "$@"
