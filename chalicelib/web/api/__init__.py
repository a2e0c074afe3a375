"""The JSON API: the same actions as the pages, for programs; nothing here is imported before its first call."""
