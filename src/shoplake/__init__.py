"""shoplake: a shop's raw exports to customer-demographics and sales analytics that people can trust."""

from importlib.metadata import version

__version__ = version("shoplake")
