// Reads a ledger folder with Go's own packages and checks every entry against the checkpoint.
package main

import (
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

type folder string

func (f folder) read(path string) []byte {
	bytes, err := os.ReadFile(filepath.Join(string(f), path))
	must(err)
	return bytes
}

// Tiles in the folder have no height in their names (C2SP tlog-tiles).
func (f folder) Height() int { return 8 }
func (f folder) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	var all [][]byte
	for _, tile := range tiles {
		path := strings.Replace(tile.Path(), "tile/8/", "tile/", 1)
		bytes, err := os.ReadFile(filepath.Join(string(f), path))
		if err != nil {
			return nil, err
		}
		all = append(all, bytes)
	}
	return all, nil
}
func (f folder) SaveTiles([]tlog.Tile, [][]byte) {}

// The entries, in order.
func (f folder) entries(size int64) [][]byte {
	var all [][]byte
	for number := int64(0); number*256 < size; number++ {
		width := size - number*256
		if width > 256 {
			width = 256
		}
		tile := tlog.Tile{H: 8, L: -1, N: number, W: int(width)}
		bundle := f.read(strings.Replace(tile.Path(), "tile/8/data/", "tile/entries/", 1))
		for len(bundle) > 0 {
			length := int(binary.BigEndian.Uint16(bundle))
			all = append(all, bundle[2:2+length])
			bundle = bundle[2+length:]
		}
	}
	return all
}

func main() {
	ledger := folder(os.Args[1])
	verifier, err := note.NewVerifier(strings.TrimSuffix(string(ledger.read("key.pub")), "\n"))
	must(err)
	opened, err := note.Open(ledger.read("checkpoint"), note.VerifierList(verifier))
	must(err)
	lines := strings.Split(opened.Text, "\n")
	size, err := strconv.ParseInt(lines[1], 10, 64)
	must(err)
	root, err := tlog.ParseHash(lines[2])
	must(err)

	entries := ledger.entries(size)
	if int64(len(entries)) != size {
		must(fmt.Errorf("%d entries in the bundles, %d signed for", len(entries), size))
	}
	tree := tlog.Tree{N: size, Hash: root}
	tiles := tlog.TileHashReader(tree, ledger)
	var hashes []tlog.Hash
	stored := tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
		var found []tlog.Hash
		for _, index := range indexes {
			found = append(found, hashes[index])
		}
		return found, nil
	})
	for index, entry := range entries {
		proof, err := tlog.ProveRecord(size, int64(index), tiles)
		must(err)
		must(tlog.CheckRecord(proof, size, root, int64(index), tlog.RecordHash(entry)))
		added, err := tlog.StoredHashes(int64(index), entry, stored)
		must(err)
		hashes = append(hashes, added...)
	}
	computed, err := tlog.TreeHash(size, stored)
	must(err)
	if computed != root {
		must(fmt.Errorf("the entries make %v, signed for %v", computed, root))
	}
	fmt.Println(lines[0], size, root)
}

func must(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
