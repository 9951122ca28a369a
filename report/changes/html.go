package changes

import (
	_ "embed" // the parts of the page
	"encoding/json"
	"fmt"
	"io"

	"grantree/report/page"
)

// The parts of the page that are its own. The scripts are one program, in this order.
var (
	//go:embed body.html
	bodyHTML string
	//go:embed page.css
	pageCSS string
	//go:embed model.js
	modelJS string
	//go:embed answers.js
	answersJS string
	//go:embed columns.js
	columnsJS string
	//go:embed statements.js
	statementsJS string
	//go:embed page.js
	pageJS string
)

// WriteHTML writes the page. next hands over the statements of one batch after another,
// as JSON of Statements in the order of p.Batches, and is asked once for each.
func (p *Plan) WriteHTML(w io.Writer, next func(batch int) (json.RawMessage, error)) error {
	x := page.Page{Title: "A plan of changes", Body: bodyHTML, Style: pageCSS, Script: modelJS + answersJS + columnsJS + statementsJS + pageJS}
	return x.Write(w, func(put func(id string, v any) error) error {
		for i := range p.Batches {
			text, err := next(i)
			if err != nil {
				return err
			}
			p.Batches[i].ID = fmt.Sprintf("statements-%d", i)
			if err := put(p.Batches[i].ID, text); err != nil {
				return err
			}
		}
		return put("data", p)
	})
}
