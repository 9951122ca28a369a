package tsql

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// verdict is one batch with what Microsoft's parser (ScriptDom) says about it
// for the five versions of SQL Server from 2016 to 2025. Code is that parser's
// own number of its first error where all five refuse the batch, 0 where one
// takes it. Canon is its rendering of the tree, empty where there is none.
type verdict struct {
	ID    string `json:"id"`
	Text  string `json:"text"`
	QIOff bool   `json:"qi_off,omitempty"`
	Code  int    `json:"code,omitempty"`
	Canon string `json:"canon,omitempty"`
}

// source is where a batch comes from: the word before the colon of its name.
func (v *verdict) source() string {
	source, _, _ := strings.Cut(v.ID, ":")
	return source
}

const ownFile = "testdata/verdicts.jsonl.gz"

// ownVerdicts are those on the batches of this project's own suites.
func ownVerdicts(t *testing.T) (list []verdict) {
	readLines(t, ownFile, func(text []byte) error {
		list = append(list, verdict{})
		return json.Unmarshal(text, &list[len(list)-1])
	})
	return list
}

// sharedVerdicts are those on Microsoft's batches, none where ../shared is not
// there; with -verdicts.update those on our own too.
func sharedVerdicts(t *testing.T) []verdict {
	for _, up := range []string{"../../..", "../../../.."} {
		dir := filepath.Join(up, "shared", "tsql-verdicts")
		if _, err := os.Stat(dir); err == nil {
			return readVerdicts(t, dir)
		}
	}
	t.Log("no ../shared/tsql-verdicts beside the project: Microsoft's own batches are not read")
	return nil
}

// readVerdicts reads batches.jsonl.gz and verdicts.jsonl.gz of a folder.
func readVerdicts(t *testing.T, dir string) []verdict {
	var list []verdict
	readLines(t, filepath.Join(dir, "batches.jsonl.gz"), func(text []byte) error {
		list = append(list, verdict{})
		return json.Unmarshal(text, &list[len(list)-1])
	})
	next := 0
	readLines(t, filepath.Join(dir, "verdicts.jsonl.gz"), func(text []byte) error {
		var said struct {
			ID, Canon string
			Errors    map[string][4]any
		}
		if err := json.Unmarshal(text, &said); err != nil || said.ID != list[next].ID {
			return fmt.Errorf("%s is not %s: %v", said.ID, list[next].ID, err)
		}
		for _, version := range []string{"130", "140", "150", "160", "170"} {
			code, _ := said.Errors[version][0].(float64)
			list[next].Code = int(code)
			if code == 0 {
				break
			}
		}
		list[next].Canon = said.Canon
		next++
		return nil
	})
	foreign := list[:0]
	for _, v := range list {
		if s := v.source(); *updateVerdicts || s == "msdocs" || s == "scriptdom" {
			foreign = append(foreign, v)
		}
	}
	return foreign
}

// readLines reads a compressed file of one JSON object a line.
func readLines(t *testing.T, file string, line func([]byte) error) {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	for r := bufio.NewReader(z); ; {
		text, err := r.ReadBytes('\n')
		if len(text) > 1 {
			if err := line(text); err != nil {
				t.Fatalf("%s: %v", file, err)
			}
		}
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			t.Fatalf("%s: %v", file, err)
		}
	}
}

// writeVerdicts writes the verdicts on our own batches to testdata.
func writeVerdicts(t *testing.T, list []verdict) {
	var b bytes.Buffer
	z, _ := gzip.NewWriterLevel(&b, gzip.BestCompression)
	for _, v := range list {
		if s := v.source(); s == "msdocs" || s == "scriptdom" {
			continue
		}
		line, _ := json.Marshal(v)
		z.Write(append(line, '\n'))
	}
	z.Close()
	if err := os.WriteFile(ownFile, b.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
}

// verdicts are all that there are: with -verdicts.update shared has our own too.
func verdicts(t *testing.T, shared []verdict) []verdict {
	if *updateVerdicts {
		return shared
	}
	return append(ownVerdicts(t), shared...)
}
