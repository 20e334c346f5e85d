<?php
/**
 * Runs the shortcode of the plugin in $argv[1] with the attributes in $argv[2] (JSON) and the text in
 * $argv[3] (JSON); prints what came of it. The functions of WordPress stand in here, as it documents them.
 */

define( 'ABSPATH', __DIR__ );
$done = array( 'scripts' => array(), 'shortcodes' => array() );

function add_shortcode( $name, $callback ) {
	global $done;
	$done['shortcodes'][ $name ] = $callback;
}
function shortcode_atts( $pairs, $atts, $shortcode = '' ) {
	return array_merge( $pairs, array_intersect_key( (array) $atts, $pairs ) );
}
function get_bloginfo( $show ) {
	return 'language' === $show ? 'cy-GB' : '';
}
function untrailingslashit( $value ) {
	return rtrim( $value, '/\\' );
}
function esc_url_raw( $url, $protocols = array( 'http', 'https' ) ) {
	$url = preg_replace( '|[^a-z0-9-~+_.?#=!&;,/:%@$\|*\'()\[\]\\x80-\\xff]|i', '', ltrim( $url ) );
	return in_array( parse_url( $url, PHP_URL_SCHEME ), $protocols, true ) ? $url : '';
}
function esc_url( $url ) {
	return str_replace( array( '&', "'" ), array( '&#038;', '&#039;' ), esc_url_raw( $url ) );
}
function esc_attr( $text ) {
	return htmlspecialchars( $text, ENT_QUOTES );
}
function esc_html( $text ) {
	return htmlspecialchars( $text, ENT_QUOTES );
}
function __( $text, $domain ) {
	return $text;
}
function esc_html__( $text, $domain ) {
	return esc_html( $text );
}
function current_user_can( $what ) {
	return (bool) getenv( 'EDITOR_LOOKS' );
}
function wp_enqueue_script( ...$given ) {
	global $done;
	$done['scripts'][] = $given;
}

require $argv[1];
$done['html'] = $done['shortcodes']['cypn_exchange']( json_decode( $argv[2], true ), json_decode( $argv[3] ) );
echo json_encode( $done );
