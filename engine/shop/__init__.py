"""The shop: what points can be turned into, and the promise that each redemption is."""
