"""What all models that travel share: frozen, strict, bounded."""
