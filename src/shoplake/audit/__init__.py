"""Compares what is published with the truth about a generated shop, by another engine than the pipeline's."""
