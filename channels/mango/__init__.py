"""mango: the virtual exchange of MANGO OFFICE."""
