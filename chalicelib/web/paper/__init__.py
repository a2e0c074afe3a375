"""Printed sheets: statements and lists as PDF, in Thai as well as in English."""

from chalicelib.web.paper.sheet import Align, Column, Sheet, Table

__all__ = ["Align", "Column", "Sheet", "Table"]
