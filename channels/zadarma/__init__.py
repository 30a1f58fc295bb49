"""zadarma: the exchange of Zadarma, and of Novofon in its first API."""
