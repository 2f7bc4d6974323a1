"""Settings become adapters, adapters become workers: the one place that knows every vendor."""
