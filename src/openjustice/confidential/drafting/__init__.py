"""Prepares a draft release: measured, protected, attacked, explained. It cannot publish one."""
