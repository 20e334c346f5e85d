<?php
/**
 * Plugin Name: Cypn exchange
 * Description: The shortcode [cypn_exchange] shows what an exchange of a cypn hub lists.
 * Version: 1.0.0
 * Requires at least: 6.3
 * Requires PHP: 7.4
 * License: MIT
 */

if ( ! defined( 'ABSPATH' ) ) {
	exit;
}

/**
 * [cypn_exchange hub="https://…" exchange="…" heading-level="2" lang="en" link="https://…"]Text[/cypn_exchange]
 *
 * The link is what people see until the list is there, and wherever it cannot be shown.
 *
 * @param array|string $given The attributes, as WordPress reads them.
 * @param string|null  $text  What the link says.
 * @return string HTML, escaped.
 */
function cypn_exchange_shortcode( $given, $text = null ) {
	$set  = shortcode_atts(
		array(
			'hub'           => '',
			'exchange'      => '',
			'heading-level' => '2',
			'lang'          => substr( get_bloginfo( 'language' ), 0, 2 ),
			'link'          => '',
		),
		$given,
		'cypn_exchange'
	);
	$hub  = untrailingslashit( esc_url_raw( $set['hub'], array( 'https', 'http' ) ) );
	$link = '' === $set['link'] ? $hub . '/' : $set['link'];
	if ( '' === $hub || ! preg_match( '/^[a-z][a-z0-9_-]{0,39}$/D', $set['exchange'] ) ) {
		return current_user_can( 'edit_posts' )
			? '<p>' . esc_html__( 'cypn_exchange: give the hub as an address with https:// and the exchange as a code.', 'cypn-exchange' ) . '</p>'
			: '';
	}
	wp_enqueue_script( 'cypn-exchange-' . md5( $hub ), $hub . '/embed/v1/cypn.js', array(), null, array( 'strategy' => 'defer' ) );
	return sprintf(
		'<cypn-exchange hub="%s" exchange="%s" heading-level="%d" lang="%s"><a href="%s">%s</a></cypn-exchange>',
		esc_url( $hub ),
		esc_attr( $set['exchange'] ),
		min( 5, max( 1, (int) $set['heading-level'] ) ),
		esc_attr( $set['lang'] ),
		esc_url( $link ),
		esc_html( $text ? $text : __( 'See what is offered', 'cypn-exchange' ) )
	);
}
add_shortcode( 'cypn_exchange', 'cypn_exchange_shortcode' );
