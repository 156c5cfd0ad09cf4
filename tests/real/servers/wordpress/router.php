<?php
// Below /plain the site is as a web server shows one with plain permalinks: nothing is rewritten, only the front page is there.
if (str_starts_with($_SERVER['REQUEST_URI'], '/plain/')) {
    $_SERVER['REQUEST_URI'] = substr($_SERVER['REQUEST_URI'], strlen('/plain'));
    if (parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH) !== '/') {
        http_response_code(404);
        return true;
    }
}

// What is no file is WordPress's own to answer.
if (is_file($_SERVER['DOCUMENT_ROOT'] . parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH))) {
    return false;
}

$_SERVER['SCRIPT_NAME'] = '/index.php';
chdir($_SERVER['DOCUMENT_ROOT']);
require $_SERVER['DOCUMENT_ROOT'] . '/index.php';
