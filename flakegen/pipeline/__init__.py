"""From a spec on disk to the texts of its outputs: the one package that knows all stages."""
