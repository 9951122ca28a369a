package report

import (
	"crypto/sha256"
	_ "embed" // the parts of the page
	"encoding/base64"
	"encoding/json"
	"io"
	"strings"

	"grantree/finding"
)

// The parts of the page. The scripts are one program, in this order.
var (
	//go:embed page/page.html
	pageHTML string
	//go:embed page/page.css
	pageCSS string
	//go:embed page/model.js
	modelJS string
	//go:embed page/search.js
	searchJS string
	//go:embed page/dom.js
	domJS string
	//go:embed page/answers.js
	answersJS string
	//go:embed page/tree.js
	treeJS string
	//go:embed page/page.js
	pageJS string
)

// WriteHTML writes the report as one page that needs nothing beside itself: its style,
// its program and, as JSON, its data. Its policy lets these two run, by their hashes,
// and nothing else: it loads nothing, sends nothing, and no name in it can become
// markup or a script.
func (r *Report) WriteHTML(w io.Writer) error {
	text, err := json.Marshal(r) // < > and & are written by their numbers
	if err != nil {
		return err
	}
	script := "(function () {\n'use strict';\n" + modelJS + searchJS + domJS + answersJS + treeJS + pageJS + "})();\n"
	policy := "default-src 'none'; base-uri 'none'; form-action 'none'; style-src '" + hash(pageCSS) + "'; script-src '" + hash(script) + "'"
	_, err = strings.NewReplacer("@POLICY@", policy, "@STYLE@", pageCSS, "@DATA@", finding.PlainJSON(string(text)), "@SCRIPT@", script).WriteString(w, pageHTML)
	return err
}

// hash is a text's, as a Content-Security-Policy names it.
func hash(text string) string {
	sum := sha256.Sum256([]byte(text))
	return "sha256-" + base64.StdEncoding.EncodeToString(sum[:])
}
