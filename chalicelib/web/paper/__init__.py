"""Printed sheets: statements and lists as PDF, in Thai as well as in English."""

from chalicelib.web.paper.sheet import Align, Column, Sheet, Signature, Table

__all__ = ["Align", "Column", "Sheet", "Signature", "Table"]
