//! Documents that destinations answer with, also hostile ones.

use serde_json::json;

use super::{DEPTH_MAX, XmlFault, escape, read};

#[test]
fn a_document_is_a_tree_without_prefixes() {
    let text = r#"<?xml version="1.0"?>
        <!-- a note --><s:Envelope xmlns:s="http://x"><s:Body>
        <r:Result code="0" r:kind="&lt;a&gt;"><Price>12.50</Price><Note>A &amp; B &#233;<![CDATA[ <i> ]]></Note>
        <Item>1</Item><Item/></r:Result></s:Body></s:Envelope>"#;
    assert_eq!(
        read(text).unwrap(),
        json!({"Envelope": [{"@s": "http://x", "Body": [{"Result": [{
            "@code": "0", "@kind": "<a>",
            "Price": [{"#text": "12.50"}], "Note": [{"#text": "A & B é <i>"}],
            "Item": [{"#text": "1"}, {}],
        }]}]}]})
    );
}

#[test]
fn no_entity_is_expanded_and_no_document_type_read() {
    let bomb = r#"<!DOCTYPE a [<!ENTITY b "bbbb"><!ENTITY c "&b;&b;">]><a>&c;</a>"#;
    assert_eq!(read(bomb), Err(XmlFault::DocumentType));
    let file = r#"<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>"#;
    assert_eq!(read(file), Err(XmlFault::DocumentType));
    assert_eq!(
        read("<a>&nbsp;</a>"),
        Err(XmlFault::Entity("nbsp".to_owned()))
    );
    assert_eq!(
        read("<a b='&who;'/>"),
        Err(XmlFault::Entity("who".to_owned()))
    );
}

#[test]
fn what_is_no_document_or_too_large_is_refused() {
    for text in [
        "",
        "text",
        "<a>",
        "<a></b>",
        "<a/><b/>",
        "<a/>text",
        "<a b=1/>",
        "<a b='1' b='2'/>",
        "<a>&lt</a>",
        "<a",
        "</a>",
        "<a><![CDATA[</a>",
        "{\"ok\": true}",
    ] {
        assert!(
            matches!(read(text), Err(XmlFault::Malformed(_))),
            "{text}: {:?}",
            read(text)
        );
    }
    let deep = |n: usize| format!("{}{}", "<a>".repeat(n), "</a>".repeat(n));
    assert!(read(&deep(DEPTH_MAX)).is_ok());
    assert_eq!(read(&deep(DEPTH_MAX + 1)), Err(XmlFault::Size));
    assert_eq!(read(&deep(100_000)), Err(XmlFault::Size));
    assert_eq!(
        read(&format!("<a>{}</a>", "<b/>".repeat(5_000))),
        Err(XmlFault::Size)
    );
}

#[test]
fn what_is_escaped_comes_back_as_it_was_in_texts_and_attributes() {
    for text in [
        "O'Brien & <sons> \"Ltd\"",
        "a\r\nb\tc",
        "]]>",
        "{{x}}",
        "é — 日本",
        "&amp;",
    ] {
        let document = format!("<a b=\"{0}\">x{0}x</a>", escape(text));
        let tree = read(&document).unwrap();
        assert_eq!(tree["a"][0]["@b"], text);
        assert_eq!(tree["a"][0]["#text"], format!("x{text}x"));
    }
    assert_eq!(escape("a\0b\u{1b}c\u{ffff}d"), "abcd");
}
