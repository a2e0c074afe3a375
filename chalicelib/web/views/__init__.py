"""One module per page: what it shows, gathered into one frozen dataclass."""
