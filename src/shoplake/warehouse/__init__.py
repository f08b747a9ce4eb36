"""Projections of gold for those who ask in SQL."""
