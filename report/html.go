package report

import (
	_ "embed" // the parts of the page
	"io"

	"grantree/report/page"
)

// The parts of the page that are its own. The scripts are one program, in this order.
var (
	//go:embed who/body.html
	bodyHTML string
	//go:embed who/model.js
	modelJS string
	//go:embed who/answers.js
	answersJS string
	//go:embed who/columns.js
	columnsJS string
	//go:embed who/page.js
	pageJS string
)

// WriteHTML writes the report as one page that needs nothing beside itself, see
// package page.
func (r *Report) WriteHTML(w io.Writer) error {
	p := page.Page{Title: "Who may do what", Body: bodyHTML, Script: modelJS + answersJS + columnsJS + pageJS}
	return p.Write(w, func(put func(id string, v any) error) error { return put("data", r) })
}
