"""Figures that explain themselves: what moved one between two published states, and which rows it is made of."""
