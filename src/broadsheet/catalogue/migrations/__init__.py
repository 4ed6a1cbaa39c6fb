"""The steps by which older catalogues become new ones, each in one transaction with its record."""
