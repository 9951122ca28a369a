// Package spill keeps what a run needs again later out of memory: bytes are
// compressed, the same ones are kept once, and what is put away for later goes to a
// temporary file. Start with Store.
package spill

import (
	"bytes"
	"compress/flate"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
)

// Blob is bytes that a Store keeps. The same bytes are the same Blob.
type Blob struct {
	data []byte // compressed; nil where they are in the file
	at   int64
	size int
}

// Store keeps blobs, for several goroutines. The zero Store is ready; Close it.
// Its file is one that only this user may read, and has no name once it is open,
// where the system allows that: it goes with the process.
type Store struct {
	Dir string // of the file; "" is the system's own for such

	mu    sync.Mutex
	known map[[sha256.Size]byte]*Blob
	file  *os.File
	named bool // the file has its name still
	end   int64
}

// Keep keeps bytes in memory.
func (s *Store) Keep(b []byte) *Blob {
	blob, _ := s.put(b, false) // no file has to do with it
	return blob
}

// Put puts bytes away into the file. The error is the file's.
func (s *Store) Put(b []byte) (*Blob, error) { return s.put(b, true) }

func (s *Store) put(b []byte, away bool) (*Blob, error) {
	sum := sha256.Sum256(b)
	if known := s.of(sum); known != nil {
		return known, nil
	}
	small, err := squeeze(b)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if known := s.known[sum]; known != nil {
		return known, nil
	}
	blob := &Blob{data: small, size: len(small)}
	if away {
		if err := s.write(blob); err != nil {
			return nil, fmt.Errorf("what a site holds could not be put into a temporary file: %w", err)
		}
	}
	if s.known == nil {
		s.known = map[[sha256.Size]byte]*Blob{}
	}
	s.known[sum] = blob
	return blob, nil
}

func (s *Store) of(sum [sha256.Size]byte) *Blob {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.known[sum]
}

// write moves a blob to the end of the file.
func (s *Store) write(b *Blob) error {
	if s.file == nil {
		f, err := os.CreateTemp(s.Dir, "grantree-*") // mode 0600
		if err != nil {
			return err
		}
		s.file, s.named = f, os.Remove(f.Name()) != nil
	}
	if _, err := s.file.WriteAt(b.data, s.end); err != nil {
		return err
	}
	b.at, b.data = s.end, nil
	s.end += int64(b.size)
	return nil
}

// Get returns the bytes of a blob.
func (s *Store) Get(b *Blob) ([]byte, error) {
	small := b.data
	if small == nil {
		small = make([]byte, b.size)
		s.mu.Lock()
		file := s.file
		s.mu.Unlock()
		if file == nil {
			return nil, os.ErrClosed
		}
		if _, err := file.ReadAt(small, b.at); err != nil {
			return nil, fmt.Errorf("what was put into a temporary file could not be read again: %w", err)
		}
	}
	return io.ReadAll(flate.NewReader(bytes.NewReader(small)))
}

// Close gives the file up. Blobs that were put into it are gone.
func (s *Store) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.file == nil {
		return nil
	}
	err := s.file.Close()
	if s.named {
		err = errors.Join(err, os.Remove(s.file.Name()))
	}
	s.file, s.known = nil, nil
	return err
}

// writers are compressors, which are large.
var writers = sync.Pool{New: func() any {
	w, _ := flate.NewWriter(nil, flate.BestSpeed) // a level that there is
	return w
}}

func squeeze(b []byte) ([]byte, error) {
	var out bytes.Buffer
	w := writers.Get().(*flate.Writer)
	defer writers.Put(w)
	w.Reset(&out)
	_, err := w.Write(b)
	err = errors.Join(err, w.Close())
	return bytes.Clone(out.Bytes()), err
}
