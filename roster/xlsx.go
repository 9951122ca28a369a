package roster

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"fmt"
	"io"
	"path"
	"strings"

	"grantree/namefold"
)

// What a workbook may unpack to. It is measured by unpacking, before anything is
// kept: the sizes that a file states are its own word.
const (
	maxParts    = 1_000
	maxUnpacked = 64 << 20
	maxAround   = 8 << 20 // everything of XML but the sheets: texts, styles
)

// readXLSX reads the first sheet of a workbook that is shown. It is read once, by
// what stands here alone: two readers, one that looks for formulas and one that
// takes the texts, can be made to look at different sheets.
func readXLSX(data []byte) (*Sheet, error) {
	archive, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return nil, broken(err)
	}
	w := workbook{parts: map[string]*zip.File{}, sizes: map[string]int64{}}
	if err := w.measure(archive); err != nil {
		return nil, err
	}
	sheet, part, err := w.open()
	if err != nil {
		return nil, broken(err)
	}
	return sheet, w.readSheet(sheet, part)
}

func broken(err error) error {
	return Problem{Reason: fmt.Sprintf("the workbook cannot be read (%v): open it in a spreadsheet program and save it anew as .xlsx", err)}
}

// workbook is the parts of a file, and what its cells refer to.
type workbook struct {
	parts     map[string]*zip.File // by partKey
	sizes     map[string]int64     // what each unpacks to
	since1904 bool
	texts     []string
	styles    []Kind // what each style makes of a number
}

// partKey is the same for the names of one part.
func partKey(name string) string {
	return namefold.Rule{}.Key(strings.TrimPrefix(strings.ReplaceAll(name, `\`, "/"), "/"))
}

// measure unpacks everything once and keeps nothing of it.
func (w *workbook) measure(archive *zip.Reader) error {
	tooLarge := Problem{Reason: fmt.Sprintf("the workbook unpacks to more than %d MiB, or to more than %d MiB beside its sheets: copy the people into a new one", maxUnpacked>>20, maxAround>>20)}
	if len(archive.File) > maxParts {
		return Problem{Reason: fmt.Sprintf("the workbook has more than %d parts: copy the people into a new one", maxParts)}
	}
	var all, around int64
	for _, f := range archive.File {
		name := partKey(f.Name)
		if w.parts[name] != nil {
			return Problem{Reason: fmt.Sprintf("the workbook holds %s twice: open it in a spreadsheet program and save it anew", f.Name)}
		}
		w.parts[name] = f
		in, err := f.Open()
		if err != nil {
			return broken(fmt.Errorf("%s: %w", f.Name, err))
		}
		n, err := io.Copy(io.Discard, io.LimitReader(in, maxUnpacked+1))
		in.Close()
		all, w.sizes[name] = all+n, n
		if ext := path.Ext(f.Name); (ext == ".xml" || ext == ".rels") && !strings.HasPrefix(f.Name, "xl/worksheets/") {
			around += n
		}
		switch {
		case all > maxUnpacked || around > maxAround:
			return tooLarge
		case err != nil:
			return broken(fmt.Errorf("%s: %w", f.Name, err))
		}
	}
	return nil
}

// part goes over the XML of a part.
func (w *workbook) part(name string, start func(path []xml.Name, e xml.StartElement) error, text func(path []xml.Name, s string) error) error {
	f := w.parts[partKey(name)]
	if f == nil {
		return fmt.Errorf("it has no %s", name)
	}
	if w.sizes[partKey(name)] > maxAround { // whatever it is called
		return fmt.Errorf("%s unpacks to more than %d MiB", name, maxAround>>20)
	}
	in, err := f.Open()
	if err != nil {
		return err
	}
	defer in.Close()
	if err := newTokens(in).each(start, text); err != nil {
		if _, placed := err.(Problem); placed {
			return err
		}
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

// relation is what a part refers to: another part.
type relation struct{ kind, target string }

// relations returns what a part refers to, by id; "" is the package itself.
func (w *workbook) relations(of string) (map[string]relation, error) {
	dir, base := path.Split(of)
	name := dir + "_rels/" + base + ".rels"
	out := map[string]relation{}
	return out, w.part(name, func(p []xml.Name, e xml.StartElement) error {
		if len(p) != 1 || e.Name.Local != "Relationship" {
			return nil
		}
		id, target := attribute(e, "Id"), attribute(e, "Target")
		if _, twice := out[id]; twice || id == "" {
			return fmt.Errorf("two relationships have the id %q, or one has none", shorten(id))
		}
		switch {
		case attribute(e, "TargetMode") == "External":
			target = ""
		case !strings.HasPrefix(target, "/"):
			target = path.Join(dir, target)
		}
		out[id] = relation{path.Base(attribute(e, "Type")), strings.TrimPrefix(target, "/")}
		return nil
	}, nil)
}

// only is the one part of a kind among relations, or "".
func only(all map[string]relation, kind string) (string, error) {
	out := ""
	for _, r := range all {
		if r.kind == kind && out != "" {
			return "", fmt.Errorf("it has two parts of the kind %s", kind)
		}
		if r.kind == kind {
			out = r.target
		}
	}
	return out, nil
}

// listed is a sheet as the workbook lists it.
type listed struct {
	name, id string
	hidden   bool
}

// open reads everything around the sheet, and says which part that is.
func (w *workbook) open() (*Sheet, string, error) {
	top, err := w.relations("")
	if err != nil {
		return nil, "", err
	}
	book, err := only(top, "officeDocument")
	if err != nil || book == "" {
		return nil, "", fmt.Errorf("it names no workbook of its own")
	}
	sheets, err := w.list(book)
	if err != nil {
		return nil, "", err
	}
	all, err := w.relations(book)
	if err != nil {
		return nil, "", err
	}
	if err := w.around(all); err != nil {
		return nil, "", err
	}
	sheet, first := &Sheet{}, -1
	for i, s := range sheets {
		if !s.hidden && first < 0 {
			first = i
		} else if s.hidden {
			sheet.HiddenSheets = append(sheet.HiddenSheets, s.name)
		}
	}
	if first < 0 {
		return nil, "", fmt.Errorf("it has no sheet that is shown")
	}
	r, ok := all[sheets[first].id]
	switch {
	case !ok || r.target == "":
		return nil, "", fmt.Errorf("its sheet %q is nowhere", shorten(sheets[first].name))
	case r.kind != "worksheet":
		return nil, "", fmt.Errorf("its first sheet %q is no table of cells", shorten(sheets[first].name))
	}
	sheet.Name, sheet.Others = sheets[first].name, len(sheets)-1
	return sheet, r.target, nil
}

// list reads which sheets there are, in the order in which they are shown.
func (w *workbook) list(part string) ([]listed, error) {
	var out []listed
	err := w.part(part, func(p []xml.Name, e xml.StartElement) error {
		switch {
		case len(p) == 1 && e.Name.Local == "workbookPr":
			w.since1904 = truth(e, "date1904")
		case is(p, "workbook", "sheets") && e.Name.Local == "sheet":
			s := listed{name: attribute(e, "name")}
			state := attribute(e, "state")
			s.hidden = state != "" && state != "visible"
			for _, a := range e.Attr {
				if a.Name.Local != "id" || a.Name.Space == "" {
					continue
				}
				if s.id != "" {
					return fmt.Errorf("the sheet %q has two ids", shorten(s.name))
				}
				s.id = a.Value
			}
			out = append(out, s)
		}
		return nil
	}, nil)
	return out, err
}

// around reads texts and styles.
func (w *workbook) around(all map[string]relation) error {
	texts, err := only(all, "sharedStrings")
	if err == nil && texts != "" {
		err = w.readTexts(texts)
	}
	if err != nil {
		return err
	}
	styles, err := only(all, "styles")
	if err == nil && styles != "" {
		err = w.readStyles(styles)
	}
	return err
}
