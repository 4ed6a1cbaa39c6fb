"""Who Broadsheet is shown to: each face parses, makes one call, and shapes the answer."""
