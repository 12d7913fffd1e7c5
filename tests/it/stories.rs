//! The path of the 2013 article, as a marketer tells it.
