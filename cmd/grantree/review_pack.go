package main

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"

	"grantree/finding"
	"grantree/policy"
	"grantree/report"
	"grantree/review"
)

// The files of a pack, beside its workbooks.
const (
	packFile   = "review.json"
	recordFile = "review.jsonl"
)

// makePack writes the pack of a review into a new folder: a workbook for each reviewer,
// what was handed out, the report that it was made from, and the record, which begins.
func (a *app) makePack(p *policy.Policy, r *report.Report, o reportOptions) error {
	pack, dir := review.Make(p, r), o.review
	files := map[string][]byte{}
	for i := range pack.Reviewers {
		var b bytes.Buffer
		if err := pack.Reviewers[i].WriteXLSX(&b, pack.ID, r.Since); err != nil {
			return err
		}
		pack.Reviewers[i].SHA256 = review.Hash(b.Bytes())
		files[pack.Reviewers[i].File] = b.Bytes()
	}
	var page bytes.Buffer
	if err := r.WriteHTML(&page); err != nil {
		return err
	}
	files["report.html"], files["report.json"], files[packFile] = page.Bytes(), a.jsonText(r), a.jsonText(pack)
	record, err := review.Append(nil, review.Entry{Event: review.Made, Time: stamp(a.now()), By: "grantree report --review", Pack: review.Hash(files[packFile])})
	if err != nil {
		return err
	}
	files[recordFile] = record
	if err := a.folder(dir); errors.Is(err, fs.ErrExist) {
		return usageError("%s exists already and was left alone: name another folder with --review", dir)
	} else if err != nil {
		return err
	}
	for _, name := range sorted(files) {
		if err := a.create(filepath.Join(dir, name), files[name], 0o600); err != nil {
			return err
		}
	}
	if o.format == "json" {
		return a.printJSON(pack)
	}
	a.printPack(pack, dir)
	return nil
}

// jsonText is a value as --format json prints it.
func (a *app) jsonText(v any) []byte {
	var b bytes.Buffer
	to := *a
	to.stdout = &b
	_ = to.printJSON(v) // into memory
	return b.Bytes()
}

// printPack says who is to be asked, and about whom nobody is.
func (a *app) printPack(pack *review.Pack, dir string) {
	rows := [][]string{{"REVIEWER", "PEOPLE", "ROWS", "FILE"}}
	for _, x := range pack.Reviewers {
		people := map[string]bool{}
		for _, r := range x.Rows {
			people[r.Person] = true
		}
		rows = append(rows, []string{x.Reviewer, fmt.Sprint(len(people)), fmt.Sprint(len(x.Rows)), filepath.Join(dir, x.File)})
	}
	a.folded(rows, 2, 3)
	if len(pack.Nobody) > 0 {
		var people []string
		for _, r := range pack.Nobody {
			if !slices.Contains(people, r.Person) {
				people = append(people, r.Person)
			}
		}
		a.printf("\n")
		a.sentence("  ", fmt.Sprintf("Nobody reviews %s of %s: a [[review]] would have to be about them, of somebody other than themselves.", count(len(pack.Nobody), "row"), list(people, 6)))
	}
	if len(pack.NotAsked) > 0 {
		var left []string
		for _, x := range pack.NotAsked {
			left = append(left, fmt.Sprintf("%s, because %s (%s in %s)", x.What, x.Why, count(x.People, "person"), list(x.Sites, 3)))
		}
		a.printf("\n")
		a.sentence("  ", "Not in the review: "+strings.Join(left, "; ")+".")
	}
	a.printf("\n  When a file comes back: grantree review apply --pack %s FILE\n", finding.Argument(dir))
}

// openReview is a pack with its record, as the folder has them.
type openReview struct {
	pack     *review.Pack
	packHash string
	record   policy.Change // the file, as it was read
	lines    []review.Entry
	last     string
}

// readReview reads a pack and its record, and holds them to one another.
func (a *app) readReview(dir string) (*openReview, error) {
	out := &openReview{record: policy.Change{File: filepath.Join(dir, recordFile)}}
	name := filepath.Join(dir, packFile)
	data, err := a.readFile(name)
	if err != nil {
		return nil, usageError("%v: name the folder that grantree report --review made with --pack", err)
	}
	if out.pack, err = review.ReadPack(data); err != nil {
		return nil, usageError("%s: %v", name, err)
	}
	if out.record.Before, err = a.readFile(out.record.File); err != nil {
		return nil, usageError("%v", err)
	}
	if out.lines, out.last, err = review.ReadRecord(out.record.Before); err != nil {
		return nil, usageError("%s: %v", out.record.File, err)
	}
	out.packHash = review.Hash(data)
	if len(out.lines) == 0 || out.lines[0].Pack != out.packHash {
		return nil, usageError("%s is not what was handed out: the record begins with another", name)
	}
	return out, nil
}
