package sites

import (
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"grantree/journal"
)

// diskJournal keeps records as the command does: a line each in a file, synced before
// Write returns.
type diskJournal struct {
	mu    sync.Mutex
	chain journal.Chain
	file  *os.File
	bytes int
}

func newDiskJournal(b *testing.B) *diskJournal {
	b.Helper()
	file, err := os.Create(filepath.Join(b.TempDir(), "run.jsonl"))
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { file.Close() })
	return &diskJournal{file: file}
}

// Write implements [Journal].
func (j *diskJournal) Write(r journal.Record) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	r.At = time.Now()
	line, err := j.chain.Line(r)
	if err != nil {
		return err
	}
	j.bytes += len(line)
	if _, err := j.file.Write(line); err != nil {
		return err
	}
	return j.file.Sync()
}
