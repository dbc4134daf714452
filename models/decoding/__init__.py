"""From the raw outputs of a network to boxes: pure numpy, one module per kind of head.

Every head gives `Candidates` in pixels of the network's input; `boxes.keep_best` thins them out and
`boxes.to_picture` carries them back to the picture they came from.
"""
