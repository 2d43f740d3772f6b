"""What all pages share: layout, words, moments, addresses, forms."""
