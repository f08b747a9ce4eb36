"""Who, what, where and when: dimensions with durable and version keys."""
