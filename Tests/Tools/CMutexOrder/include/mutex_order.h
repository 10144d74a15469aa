// Nothing is declared here: what this library defines is called by the standard library's Mutex.
