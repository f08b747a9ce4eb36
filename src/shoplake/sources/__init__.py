"""What arrives: one folder per source with a `source.yml`, built-in ones and a project's own alike."""
