"""megafon: the virtual exchange of MegaFon."""
