"""What every SMS gateway shares: alphabets, lengths, parts and their headers, who sends."""
