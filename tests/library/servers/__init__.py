"""Real servers on this machine, each with ways of its own."""
