"""What touches the world: steps over typed ports, stores over tables, adapters over outside systems."""
