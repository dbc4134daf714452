"""What each head's raw outputs mean, by single cells whose box is known."""

import numpy as np
import pytest

from models.decoding import atss, picodet, ssd, yolox
from models.decoding.activation import sigmoid, softmax
from models.decoding.boxes import DecodingError, FloatArray


def zeros(*shape: int) -> FloatArray:
    return np.zeros(shape, np.float32)


class TestAtss:
    def maps(self, rows: int = 4, columns: int = 7) -> list[FloatArray]:
        return [zeros(1, 9, rows, columns), zeros(1, 3, rows, columns), zeros(1, 12, rows, columns)]

    def test_the_middle_anchor_is_a_square_of_eight_strides_at_the_cells_corner(self) -> None:
        candidates = atss.decode(self.maps(), (56, 32))

        row, column, square = 2, 3, 1
        box = candidates.boxes[(row * 7 + column) * 3 + square]
        assert box.tolist() == [3 * 8 - 32, 2 * 8 - 32, 3 * 8 + 32, 2 * 8 + 32]

    def test_the_first_anchor_is_twice_as_wide_as_high_at_equal_area(self) -> None:
        candidates = atss.decode(self.maps(), (56, 32))

        width, height = candidates.boxes[0, 2:] - candidates.boxes[0, :2]
        assert width / height == pytest.approx(2)
        assert width * height == pytest.approx(64 * 64, rel=1e-5)

    def test_the_score_is_class_times_centerness(self) -> None:
        class_map, centerness_map, box_map = self.maps()
        anchor, class_index = 1, 2
        class_map[0, anchor * 3 + class_index, 1, 4] = 60
        centerness_map[0, anchor, 1, 4] = np.log(3)

        candidates = atss.decode([class_map, centerness_map, box_map], (56, 32))

        scores = candidates.scores[(1 * 7 + 4) * 3 + anchor]
        assert scores.tolist() == pytest.approx([0.375, 0.375, 0.75])

    def test_deltas_move_by_a_tenth_of_the_anchor_and_scale_by_a_fifth_of_the_exponent(
        self,
    ) -> None:
        class_map, centerness_map, box_map = self.maps()
        box_map[0, 4:8, 0, 0] = [5, -5, 5 * np.log(2), 0]

        candidates = atss.decode([class_map, centerness_map, box_map], (56, 32))

        centre_x, centre_y, width, height = 32, -32, 128, 64
        expected = [centre_x - width / 2, centre_y - height / 2]
        expected += [centre_x + width / 2, centre_y + height / 2]
        assert candidates.boxes[1].tolist() == pytest.approx(expected, abs=1e-4)

    def test_a_level_of_rounded_up_width_keeps_its_power_of_two(self) -> None:
        candidates = atss.decode(self.maps(rows=2, columns=4), (448, 256))

        width = candidates.boxes[1, 2] - candidates.boxes[1, 0]
        assert width == 8 * 128

    def test_absurd_sizes_do_not_overflow(self) -> None:
        class_map, centerness_map, box_map = self.maps()
        box_map[:] = 1e6

        candidates = atss.decode([class_map, centerness_map, box_map], (56, 32))

        assert np.isfinite(candidates.boxes).all()

    @pytest.mark.parametrize("count", [0, 1, 2, 4])
    def test_maps_that_are_not_triples_are_refused(self, count: int) -> None:
        with pytest.raises(DecodingError, match=f"found {count} maps"):
            atss.decode([zeros(1, 9, 4, 7)] * count, (56, 32))

    def test_a_box_map_of_another_shape_is_refused(self) -> None:
        class_map, centerness_map, _ = self.maps()

        with pytest.raises(DecodingError, match=r"found \(1, 4, 4, 7\)"):
            atss.decode([class_map, centerness_map, zeros(1, 4, 4, 7)], (56, 32))


class TestSsd:
    anchor = np.array([[[0.25, 0.25, 0.75, 0.5]]], np.float32)

    def test_no_encoding_leaves_the_anchor_as_it_is_with_x_first(self) -> None:
        candidates = ssd.decode([zeros(1, 1, 4), zeros(1, 1, 3), self.anchor], (400, 200))

        assert candidates.boxes.tolist() == [[100, 50, 200, 150]]

    def test_encodings_are_y_first_in_tenths_and_fifths(self) -> None:
        encoding = np.array([[[5, 10, 5 * np.log(2), 0]]], np.float32)

        candidates = ssd.decode([encoding, zeros(1, 1, 3), self.anchor], (400, 200))

        centre_x, centre_y, width, height = 250, 150, 100, 200
        expected = [centre_x - width / 2, centre_y - height / 2]
        expected += [centre_x + width / 2, centre_y + height / 2]
        assert candidates.boxes[0].tolist() == pytest.approx(expected, abs=1e-3)

    def test_the_background_is_not_a_class(self) -> None:
        logits = np.array([[[60, 0, -60]]], np.float32)

        candidates = ssd.decode([zeros(1, 1, 4), logits, self.anchor], (400, 200))

        assert candidates.scores.tolist() == [[0.5, pytest.approx(0)]]

    def test_outputs_of_unequal_length_are_refused(self) -> None:
        with pytest.raises(DecodingError, match="encodings, logits and anchors"):
            ssd.decode([zeros(1, 2, 4), zeros(1, 1, 3), self.anchor], (400, 200))


class TestYolox:
    def rows(self) -> FloatArray:
        cells = 8 * 8 + 4 * 4 + 2 * 2
        return zeros(1, cells, 5 + 2)

    def test_an_offset_counts_in_strides_from_the_cells_corner(self) -> None:
        rows = self.rows()
        row, column = 3, 5
        rows[0, row * 8 + column, :4] = [0.5, 0.25, np.log(2), np.log(4)]

        candidates = yolox.decode([rows], (64, 64))

        box = candidates.boxes[row * 8 + column]
        assert box.tolist() == pytest.approx([44 - 8, 26 - 16, 44 + 8, 26 + 16])

    def test_coarser_levels_follow_finer_ones(self) -> None:
        candidates = yolox.decode([self.rows()], (64, 64))

        assert candidates.boxes[64 + 1].tolist() == [16 - 8, -8, 16 + 8, 8]
        assert candidates.boxes[64 + 16].tolist() == [-16, -16, 16, 16]

    def test_the_score_is_objectness_times_class(self) -> None:
        rows = self.rows()
        rows[0, 0, 4:] = [0.5, 0.5, 1.0]

        candidates = yolox.decode([rows], (64, 64))

        assert candidates.scores[0].tolist() == [0.25, 0.5]

    def test_rows_for_another_input_size_are_refused(self) -> None:
        with pytest.raises(DecodingError, match=r"\(1, 336, 5 \+ C\)"):
            yolox.decode([self.rows()], (128, 128))


class TestPicodet:
    def maps(self) -> list[FloatArray]:
        cells = (64, 16, 4, 1)
        return [zeros(1, count, 2) for count in cells] + [zeros(1, count, 32) for count in cells]

    def test_a_certain_bin_is_a_distance_in_strides_from_the_cells_centre(self) -> None:
        maps = self.maps()
        row, column = 2, 6
        left, top, right, bottom = 1, 2, 3, 7
        for side, bin_ in enumerate((left, top, right, bottom)):
            maps[4][0, row * 8 + column, side * 8 + bin_] = 60

        candidates = picodet.decode(maps, (64, 64))

        centre_x, centre_y = 52, 20
        expected = [centre_x - 8, centre_y - 16, centre_x + 24, centre_y + 56]
        assert candidates.boxes[row * 8 + column].tolist() == pytest.approx(expected)

    def test_an_even_distribution_is_three_and_a_half_strides(self) -> None:
        candidates = picodet.decode(self.maps(), (64, 64))

        assert candidates.boxes[-1].tolist() == pytest.approx([32 - 224, 32 - 224, 256, 256])

    def test_scores_are_taken_as_they_come(self) -> None:
        maps = self.maps()
        maps[1][0, 3] = [0.25, 0.5]

        candidates = picodet.decode(maps, (64, 64))

        assert candidates.scores[64 + 3].tolist() == [0.25, 0.5]

    def test_a_grid_is_rounded_up(self) -> None:
        cells = (52 * 52, 26 * 26, 13 * 13, 7 * 7)
        maps = [zeros(1, count, 2) for count in cells] + [zeros(1, count, 32) for count in cells]

        candidates = picodet.decode(maps, (416, 416))

        assert len(candidates.boxes) == sum(cells)

    def test_a_missing_map_is_refused(self) -> None:
        with pytest.raises(DecodingError, match="four score and four box maps over 85 cells"):
            picodet.decode(self.maps()[:-1], (64, 64))


def test_activations_do_not_overflow() -> None:
    logits = np.array([-1e9, 0, 1e9], np.float32)

    assert sigmoid(logits).tolist() == pytest.approx([0, 0.5, 1])
    assert softmax(logits).tolist() == [0, 0, 1]
