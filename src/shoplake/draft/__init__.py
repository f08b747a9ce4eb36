"""From a person's exports to a first `source.yml`: every guess with its evidence, none of it hidden."""
