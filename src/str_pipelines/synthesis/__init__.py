"""What every painter shares: places, texts, painting and cutting, acceptance, the card. The painter is an argument."""
