"""How people come in and leave: names, passwords, one-time links, other sites, passkeys."""
