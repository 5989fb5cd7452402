//! The preview's parts that need no network.
