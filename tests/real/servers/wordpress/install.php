<?php
// php install.php SITE: makes the database, the site and its editor; prints the editor's application password.
$host = getenv('SERM_REAL_HOST');
$_SERVER['HTTP_HOST'] = $host;
$database = new mysqli('127.0.0.1', 'root', '', '', (int) getenv('SERM_REAL_MARIADB_PORT'));
$database->query('create database wordpress character set utf8mb4');
define('WP_INSTALLING', true);
require $argv[1] . '/wp-load.php';
require ABSPATH . 'wp-admin/includes/upgrade.php';
function wp_mail()
{
    return true;
}

wp_install('Acme blog', 'editor', 'editor@example.org', true, '', wp_generate_password());
update_option('siteurl', "http://$host");
update_option('home', "http://$host");
update_option('permalink_structure', '/%postname%/');
[$password] = WP_Application_Passwords::create_new_application_password(1, ['name' => 'tests']);
echo $password;
