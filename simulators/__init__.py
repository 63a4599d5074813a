"""Stand-ins for the outside world, stateful and faulty on demand. They import none of our services."""
