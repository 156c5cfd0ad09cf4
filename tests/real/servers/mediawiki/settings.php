
# Of the tests: feeds say at once what is new.
$wgFeedCacheTimeout = 0;
