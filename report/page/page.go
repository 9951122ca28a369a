// Package page puts a page together that is one file: its style, its program and, as
// JSON, its data. The page's Content-Security-Policy lets that style and that program
// run, by their hashes, and nothing else; it loads nothing and sends nothing.
//
// What every page has is here: the style sheet, the making of elements from texts
// alone, the search and the grid over the navigation tree. What a page shows it brings
// itself.
package page

import (
	"crypto/sha256"
	_ "embed" // the parts
	"encoding/base64"
	"encoding/json"
	"io"
	"strings"

	"grantree/finding"
)

// The parts that pages share. The scripts are one program, in this order, and the
// page's own come after them.
var (
	//go:embed head.html
	headHTML string
	//go:embed page.css
	baseCSS string
	//go:embed base.js
	baseJS string
	//go:embed search.js
	searchJS string
	//go:embed dom.js
	domJS string
	//go:embed grid.js
	gridJS string
)

// Page is what a page has of its own. All of it is text of ours: no name of a policy or
// a server is in it.
type Page struct {
	Title, Body, Style, Script string
}

// Write writes the page with its data. data puts each part of it under an id, by which
// the program finds it; a part is made JSON and written before the next is asked for.
// No part can become markup or a script, whatever names it has.
func (p Page) Write(w io.Writer, data func(put func(id string, v any) error) error) error {
	style, script := baseCSS+p.Style, "(function () {\n'use strict';\n"+baseJS+searchJS+domJS+gridJS+p.Script+"})();\n"
	policy := "default-src 'none'; base-uri 'none'; form-action 'none'; style-src '" + hash(style) + "'; script-src '" + hash(script) + "'"
	if _, err := strings.NewReplacer("@POLICY@", policy, "@TITLE@", p.Title, "@STYLE@", style).WriteString(w, headHTML+p.Body); err != nil {
		return err
	}
	if err := data(func(id string, v any) error { return put(w, id, v) }); err != nil {
		return err
	}
	_, err := io.WriteString(w, "<script>"+script+"</script>\n</body>\n</html>\n")
	return err
}

// put writes one part of the data.
func put(w io.Writer, id string, v any) error {
	text, err := json.Marshal(v) // < > and & are written by their numbers, also in what is JSON already
	if err != nil {
		return err
	}
	_, err = io.WriteString(w, "<script type=\"application/json\" id=\""+id+"\">"+finding.PlainJSON(string(text))+"</script>\n")
	return err
}

// hash is a text's, as a Content-Security-Policy names it.
func hash(text string) string {
	sum := sha256.Sum256([]byte(text))
	return "sha256-" + base64.StdEncoding.EncodeToString(sum[:])
}
